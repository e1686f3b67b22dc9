// Shared by the test targets: fixtures, a manual clock, a seeded generator.

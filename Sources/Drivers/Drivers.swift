// This file gives way to the first file of the target.

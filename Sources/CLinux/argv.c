// The command line as the kernel laid it out, which others see in /proc: glibc hands it to every
// constructor.
#include "CLinux.h"

static char **arguments;
static int count;

__attribute__((constructor)) static void keep(int argc, char **argv) {
  count = argc;
  arguments = argv;
}

char **crimp_process_arguments(void) { return arguments; }

// For the Swift runtime of the shipped binary (Scripts/release.sh). The runtime's own way of finding the
// command line, before main, is to read the process's memory map, which takes a tenth of a start. These
// two functions take the place of the runtime's (CommandLine.cpp of the standard library): linked before
// its archive, they keep that file out.
#ifdef CRIMP_SHIPPED

char **_swift_stdlib_getUnsafeArgvArgc(int *argc) {
  *argc = count;
  return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **argv, int argc) { keep(argc, argv); }

#endif

// The runtime's crash reporter starts a program, swift-backtrace, that does not come with the shipped binary
// (Scripts/release.sh); to find out that it is missing, the runtime looks for it in eight places before
// main. These take the place of the runtime's (Backtrace.cpp of the standard library): linked before its
// archive, they keep that file out. A trap still says what it is, and ends the process by its signal.
#ifdef CRIMP_SHIPPED
#include <stdbool.h>

// Of what the runtime keeps here, the rest of it reads whether the reporter is on: nought is off. There is
// room for more than it has.
char _swift_backtraceSettings[512];

// Asked for every image that is loaded, and answered by the reporter alone.
bool _swift_backtrace_isThunkFunction(const char *name) {
  (void)name;
  return false;
}

#endif

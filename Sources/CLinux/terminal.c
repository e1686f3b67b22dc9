#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int crimp_open_terminal(char *name, size_t size) {
  int descriptor = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return -1;
  if (unlockpt(descriptor) == 0 && ptsname_r(descriptor, name, size) == 0) return descriptor;
  close(descriptor);
  return -1;
}

int crimp_control(int descriptor, unsigned long request, uintptr_t argument) {
  return ioctl(descriptor, request, argument);
}

int crimp_lock_file(int descriptor, int exclusive, int wait) {
  struct flock whole = {.l_type = exclusive ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
  return fcntl(descriptor, wait ? F_SETLKW : F_SETLK, &whole);
}

int crimp_flock(int descriptor, int operation) { return flock(descriptor, operation); }

// Raw mode. What is to be restored stands here and nowhere else, so that a fault's handler, which may
// call little, finds it.

static struct termios cooked;
static volatile sig_atomic_t raw_descriptor = -1;
static const int faults[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
#define FAULT_COUNT (sizeof faults / sizeof faults[0])
static struct sigaction former[FAULT_COUNT];

static void restore(void) {
  // From the background the kernel would stop the process for it.
  sigset_t output, before;
  sigemptyset(&output);
  sigaddset(&output, SIGTTOU);
  sigprocmask(SIG_BLOCK, &output, &before);
  tcsetattr(raw_descriptor, TCSANOW, &cooked);
  sigprocmask(SIG_SETMASK, &before, NULL);
}

static void restore_at_fault(int signal) {
  if (raw_descriptor >= 0) restore();
  for (size_t index = 0; index < FAULT_COUNT; index++)
    if (faults[index] == signal) sigaction(signal, &former[index], NULL);
  // It is blocked until the handler has returned: then the former disposition has it.
  raise(signal);
}

int crimp_enter_raw_mode(int descriptor) {
  if (raw_descriptor < 0) {
    if (tcgetattr(descriptor, &cooked) < 0) return -1;
    struct sigaction action = {.sa_handler = restore_at_fault};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < FAULT_COUNT; index++)
      sigaction(faults[index], &action, &former[index]);
    static int is_registered;
    if (!is_registered) is_registered = atexit(crimp_leave_raw_mode) == 0;
  }
  struct termios raw = cooked;
  cfmakeraw(&raw);
  raw_descriptor = descriptor;
  return tcsetattr(descriptor, TCSANOW, &raw);
}

void crimp_leave_raw_mode(void) {
  if (raw_descriptor < 0) return;
  restore();
  raw_descriptor = -1;
  for (size_t index = 0; index < FAULT_COUNT; index++)
    sigaction(faults[index], &former[index], NULL);
}

// What Linux offers and Swift's Glibc module hides.
//
// Only headers that are complete without _GNU_SOURCE are included: with it, bind() and its kin
// take transparent unions that Swift cannot call. What needs _GNU_SOURCE, is variadic, or is
// withheld from Swift on purpose has a crimp_ function in a .c file beside shim.c.
#ifndef CRIMP_CLINUX_H
#define CRIMP_CLINUX_H

#include "CLinuxEthers.h"
#include "CLinuxGetopt.h"
#include "CLinuxIPMI.h"
#include "CLinuxInterface.h"

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "CLinuxNetlink.h"

/// fork(2), which Swift withholds: safe here only while the process has one thread.
pid_t crimp_fork(void);

/// How much later than asked the kernel may end a wait of the calling thread (PR_SET_TIMERSLACK); 50 µs
/// where nobody said otherwise. Returns 0, or -1 with errno set.
int crimp_set_timer_slack(unsigned long nanoseconds);

/// setns(2) into the network namespace that `descriptor` names, for the calling thread.
int crimp_enter_network_namespace(int descriptor);

/// pipe2(2) with O_CLOEXEC: both ends are closed in every child.
int crimp_pipe(int descriptors[2]);

/// The process's arguments where the kernel laid them out and others see them, argv[0] first, a null
/// pointer last; null when the process was started without the C library's start-up.
char **crimp_process_arguments(void);

/// The environment, which Swift takes for an unguarded global variable.
char *const *crimp_environment(void);

/// Raises each effective capability of the calling thread as a bit in `effective` (capget(2)).
int crimp_effective_capabilities(uint64_t *effective);

/// Empties the calling thread's effective, permitted, inheritable and ambient capability sets,
/// and sees to it that no exec brings any back (PR_SET_NO_NEW_PRIVS).
int crimp_drop_capabilities(void);

/// Gives up every capability of the calling thread but those of these bits, in the same way.
int crimp_keep_capabilities(uint64_t kept);

/// ioctl(2), which is variadic: with a number, or a pointer as one. Returns what it returns, or -1 with errno
/// set.
int crimp_control(int descriptor, unsigned long request, uintptr_t argument);

/// Locks all of a file for this process (fcntl(2), F_SETLK), for itself or together with other readers; waits
/// if it is told to. Returns 0, or -1 with errno set: EAGAIN when another process has it.
int crimp_lock_file(int descriptor, int exclusive, int wait);

/// flock(2), whose name is a structure's in Swift too.
int crimp_flock(int descriptor, int operation);

/// Opens a pseudo-terminal, non-blocking and closed on exec, and writes the path of its other end to
/// `name`. Returns the descriptor, or -1 with errno set.
int crimp_open_terminal(char *name, size_t size);

/// Makes a terminal raw: every byte passes as it is, in both directions. The first call keeps the
/// terminal's settings; they are restored by `crimp_leave_raw_mode`, at the process's exit, and when a
/// fault ends it. Returns -1 with errno set when it is no terminal.
int crimp_enter_raw_mode(int descriptor);

/// Restores the settings of the terminal that was made raw; does nothing when none was.
void crimp_leave_raw_mode(void);

#include "CLinuxConnection.h"
#include "CLinuxPacket.h"
#include "CLinuxSocket.h"
#include "CLinuxStream.h"

#endif

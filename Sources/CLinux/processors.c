// How many processors there are, for libdispatch, which asks before main and whether or not anything of it
// is used: sysconf reads two files of /sys to tell, which takes a twentieth of a start. The shipped
// binary (Scripts/release.sh) counts those that this process may run on, by one system call. All that
// depends on it is how wide the default pool of threads grows, where crimp runs nothing.
#ifdef CRIMP_SHIPPED
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

// The one of the C library, under its other name.
extern long __sysconf(int name);

long sysconf(int name) {
  cpu_set_t processors;
  int isCount = name == _SC_NPROCESSORS_CONF || name == _SC_NPROCESSORS_ONLN;
  if (isCount && sched_getaffinity(0, sizeof processors, &processors) == 0)
    return CPU_COUNT(&processors);
  return __sysconf(name);
}

#endif

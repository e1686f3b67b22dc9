#define _GNU_SOURCE
#include "CLinuxConnection.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

int crimp_connection_socket(uint8_t family) {
  int isVersion6 = family == 6;
  int descriptor = socket(isVersion6 ? AF_INET6 : AF_INET,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return descriptor;
  int on = 1;
  if (isVersion6) {
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  } else {
    setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  }
  return descriptor;
}

int crimp_connection_bind_late(int descriptor) {
  int on = 1;
  return setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
}

int crimp_connection_abandon(int descriptor) {
  struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  return connect(descriptor, &nowhere, sizeof nowhere);
}

uint64_t crimp_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return 0;
  struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  return limit.rlim_cur;
}

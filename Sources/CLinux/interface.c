#include "CLinuxInterface.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/// A request about `name` and a socket to ask through, or -1: no interface has so long a name.
static int begin(const char *name, struct ifreq *request) {
  memset(request, 0, sizeof *request);
  if (strlen(name) >= sizeof request->ifr_name) {
    errno = ENODEV;
    return -1;
  }
  strcpy(request->ifr_name, name);
  return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int finish(int descriptor, int failed) {
  int code = failed ? errno : 0;
  if (descriptor >= 0) close(descriptor);
  return code;
}

int crimp_describe_interface(const char *name, struct crimp_interface *result) {
  struct ifreq request;
  int descriptor = begin(name, &request);
  if (descriptor < 0 || ioctl(descriptor, SIOCGIFINDEX, &request) != 0) return finish(descriptor, 1);
  result->index = request.ifr_ifindex;
  // The kernel finds an alternative name too, and does not say that it is one.
  if (ioctl(descriptor, SIOCGIFNAME, &request) != 0) return finish(descriptor, 1);
  if (strcmp(request.ifr_name, name) != 0) {
    finish(descriptor, 0);
    return ENODEV;
  }
  if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) return finish(descriptor, 1);
  result->flags = (uint16_t)request.ifr_flags;
  if (ioctl(descriptor, SIOCGIFMTU, &request) != 0) return finish(descriptor, 1);
  result->mtu = request.ifr_mtu;
  if (ioctl(descriptor, SIOCGIFHWADDR, &request) != 0) return finish(descriptor, 1);
  result->hardware_type = request.ifr_hwaddr.sa_family;
  memcpy(result->hardware_address, request.ifr_hwaddr.sa_data, sizeof result->hardware_address);
  return finish(descriptor, 0);
}

int crimp_interface_address(const char *name, uint32_t *address) {
  struct ifreq request;
  int descriptor = begin(name, &request);
  if (descriptor < 0 || ioctl(descriptor, SIOCGIFADDR, &request) != 0) return finish(descriptor, 1);
  struct sockaddr_in internet;
  memcpy(&internet, &request.ifr_addr, sizeof internet);
  *address = ntohl(internet.sin_addr.s_addr);
  return finish(descriptor, 0);
}

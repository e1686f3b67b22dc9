#define _GNU_SOURCE
#include "CLinuxNetlink.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

int crimp_netlink_bind(int descriptor) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  return bind(descriptor, (const struct sockaddr *)&address, sizeof address);
}

ssize_t crimp_netlink_receive(int descriptor, void *buffer, size_t capacity, int flags,
                              uint32_t *sender_port, int *message_flags) {
  struct sockaddr_nl sender = {0};
  struct iovec vector = {.iov_base = buffer, .iov_len = capacity};
  struct msghdr message = {
      .msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &vector, .msg_iovlen = 1};
  ssize_t count = recvmsg(descriptor, &message, flags);
  if (count < 0) return count;
  *sender_port = sender.nl_pid;
  *message_flags = message.msg_flags;
  return count;
}

int crimp_unshare_network_namespace(void) { return unshare(CLONE_NEWNET); }

int crimp_share_mount(const char *directory) {
  if (mount("", directory, "none", MS_SHARED | MS_REC, NULL) == 0) return 0;
  if (errno != EINVAL) return -1;
  // Not a mount point yet.
  if (mount(directory, directory, "none", MS_BIND | MS_REC, NULL) != 0) return -1;
  return mount("", directory, "none", MS_SHARED | MS_REC, NULL);
}

int crimp_bind_mount(const char *source, const char *target) {
  return mount(source, target, "none", MS_BIND, NULL);
}

int crimp_detach_mount(const char *target) { return umount2(target, MNT_DETACH); }

// Netlink sockets and network namespaces: what Swift's Glibc module hides.
#ifndef CRIMP_CLINUX_NETLINK_H
#define CRIMP_CLINUX_NETLINK_H

#include <linux/netlink.h>
#include <stdint.h>
#include <sys/socket.h>

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

/// Binds a netlink socket; the kernel chooses the port. 0, or -1 with `errno`.
int crimp_netlink_bind(int descriptor);

/// `recvmsg` of one datagram without waiting when `flags` has `MSG_DONTWAIT`.
/// Tells the sender's port (0 is the kernel) and `msg_flags`. A count, or -1 with `errno`.
ssize_t crimp_netlink_receive(int descriptor, void *buffer, size_t capacity, int flags,
                              uint32_t *sender_port, int *message_flags);

/// `unshare(CLONE_NEWNET)`: for the calling thread only.
int crimp_unshare_network_namespace(void);

/// Makes `directory` a mount point that is shared with other mount namespaces, as `ip netns`
/// does, so that a namespace mounted there is seen and removed everywhere.
int crimp_share_mount(const char *directory);

/// `mount(source, target, MS_BIND)`.
int crimp_bind_mount(const char *source, const char *target);

/// `umount2(target, MNT_DETACH)`.
int crimp_detach_mount(const char *target);

#endif

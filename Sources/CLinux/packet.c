#define _GNU_SOURCE
#include "CLinuxPacket.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

// An InfiniBand link-layer address has 20 bytes where struct sockaddr_ll has room for 8.
#define ADDRESS_ROOM (offsetof(struct sockaddr_ll, sll_addr) + 32)

union address {
  struct sockaddr_ll link;
  uint8_t room[ADDRESS_ROOM];
};

union control {
  struct cmsghdr header;
  uint8_t room[CMSG_SPACE(sizeof(struct tpacket_auxdata)) + CMSG_SPACE(sizeof(struct timespec))];
};

static void gather(struct msghdr *message, unsigned int length, size_t room,
                   struct crimp_packet_facts *facts) {
  const union address *address = message->msg_name;
  memset(facts, 0, sizeof *facts);
  facts->original_length = length;
  facts->stored_length = length < room ? length : (uint32_t)room;
  facts->interface_index = address->link.sll_ifindex;
  facts->packet_type = address->link.sll_pkttype;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each)) {
    if (each->cmsg_level == SOL_PACKET && each->cmsg_type == PACKET_AUXDATA) {
      struct tpacket_auxdata auxiliary;
      memcpy(&auxiliary, CMSG_DATA(each), sizeof auxiliary);
      facts->status = auxiliary.tp_status;
      facts->vlan_tci = auxiliary.tp_vlan_tci;
      facts->vlan_tpid = auxiliary.tp_vlan_tpid;
      facts->original_length = auxiliary.tp_len;
    } else if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(each), sizeof stamp);
      facts->seconds = stamp.tv_sec;
      facts->nanoseconds = (uint32_t)stamp.tv_nsec;
    }
  }
}

int crimp_packet_receive(int descriptor, uint8_t *buffer, size_t stride, size_t headroom,
                         unsigned int count, struct crimp_packet_facts *facts) {
  struct mmsghdr messages[CRIMP_PACKET_BATCH];
  struct iovec pieces[CRIMP_PACKET_BATCH];
  union address addresses[CRIMP_PACKET_BATCH];
  union control controls[CRIMP_PACKET_BATCH];
  if (count > CRIMP_PACKET_BATCH) count = CRIMP_PACKET_BATCH;
  for (unsigned int n = 0; n < count; n++) {
    pieces[n] = (struct iovec){buffer + n * stride + headroom, stride - headroom};
    messages[n].msg_hdr = (struct msghdr){.msg_name = &addresses[n],
                                          .msg_namelen = sizeof addresses[n],
                                          .msg_iov = &pieces[n],
                                          .msg_iovlen = 1,
                                          .msg_control = &controls[n],
                                          .msg_controllen = sizeof controls[n]};
  }
  int received = recvmmsg(descriptor, messages, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
  for (int n = 0; n < received; n++)
    gather(&messages[n].msg_hdr, messages[n].msg_len, stride - headroom, &facts[n]);
  return received;
}

int crimp_packet_send(int descriptor, const uint8_t *bytes, size_t start, const size_t *ends,
                      unsigned int count) {
  struct mmsghdr messages[CRIMP_PACKET_BATCH];
  struct iovec pieces[CRIMP_PACKET_BATCH];
  if (count > CRIMP_PACKET_BATCH) count = CRIMP_PACKET_BATCH;
  for (unsigned int n = 0; n < count; n++) {
    pieces[n] = (struct iovec){(void *)(bytes + start), ends[n] - start};
    messages[n].msg_hdr = (struct msghdr){.msg_iov = &pieces[n], .msg_iovlen = 1};
    start = ends[n];
  }
  return sendmmsg(descriptor, messages, count, MSG_DONTWAIT);
}

int crimp_interface_flags(int descriptor, int32_t index) {
  // By index first: an interface may have been renamed since it was opened.
  struct ifreq request = {.ifr_ifindex = index};
  if (ioctl(descriptor, SIOCGIFNAME, &request) < 0) return -1;
  if (ioctl(descriptor, SIOCGIFFLAGS, &request) < 0) return -1;
  return request.ifr_flags & 0xffff;
}

int crimp_packet_join(int descriptor, int32_t index, uint16_t type, const uint8_t *address,
                      size_t length) {
  // struct packet_mreq has room for 8 bytes; the kernel takes what it calls packet_mreq_max.
  struct {
    struct packet_mreq fixed;
    uint8_t more[24];
  } request = {.fixed = {.mr_ifindex = index, .mr_type = type, .mr_alen = (uint16_t)length}};
  const size_t start = offsetof(struct packet_mreq, mr_address);
  if (length > sizeof request - start) {
    errno = EINVAL;
    return -1;
  }
  memcpy((uint8_t *)&request + start, address, length);
  return setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

uint32_t crimp_packet_block_status(const struct tpacket_block_desc *block) {
  return __atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE);
}

void crimp_packet_release_block(struct tpacket_block_desc *block) {
  // Until the kernel opens the block again, its count would tell of frames that were read.
  block->hdr.bh1.num_pkts = 0;
  __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

int crimp_packet_stamp_by_hardware(int descriptor, int32_t index) {
  struct ifreq request = {.ifr_ifindex = index};
  if (ioctl(descriptor, SIOCGIFNAME, &request) < 0) return -1;
  // What somebody else has switched on, a clock's daemon above all, is left as it is.
  struct hwtstamp_config wanted = {.rx_filter = HWTSTAMP_FILTER_ALL}, present = {0};
  request.ifr_data = (void *)&present;
  if (ioctl(descriptor, SIOCGHWTSTAMP, &request) == 0) wanted.tx_type = present.tx_type;
  if (present.rx_filter != HWTSTAMP_FILTER_ALL) {
    request.ifr_data = (void *)&wanted;
    if (ioctl(descriptor, SIOCSHWTSTAMP, &request) < 0) return -1;
    if (wanted.rx_filter != HWTSTAMP_FILTER_ALL) {
      errno = EOPNOTSUPP;
      return -1;
    }
  }
  int source = SOF_TIMESTAMPING_RAW_HARDWARE;
  return setsockopt(descriptor, SOL_PACKET, PACKET_TIMESTAMP, &source, sizeof source);
}

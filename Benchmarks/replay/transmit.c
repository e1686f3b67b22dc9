// How fast an AF_PACKET socket takes frames: one call each, many a call, and a ring that the kernel reads.
//
// usage: transmit INTERFACE WAY BYTES FRAMES [bypass]
// WAY: send, sendmmsg or ring. Prints thousands of frames a second.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SLOTS = 512, SLOT = 2048 };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int out_of_room(void) { return errno == ENOBUFS || errno == EAGAIN || errno == EINTR; }

static void one_by_one(int fd, const uint8_t *frame, size_t size, long count) {
  while (count > 0) {
    if (send(fd, frame, size, 0) >= 0) count--;
    else if (!out_of_room()) fail("send");
  }
}

static void many(int fd, const uint8_t *frame, size_t size, long count) {
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  for (int n = 0; n < BATCH; n++) {
    pieces[n] = (struct iovec){(void *)frame, size};
    messages[n].msg_hdr = (struct msghdr){.msg_iov = &pieces[n], .msg_iovlen = 1};
  }
  while (count > 0) {
    int sent = sendmmsg(fd, messages, count < BATCH ? (unsigned)count : BATCH, 0);
    if (sent > 0) count -= sent;
    else if (!out_of_room()) fail("sendmmsg");
  }
}

static void ring(int fd, const uint8_t *frame, size_t size, long count) {
  int version = TPACKET_V2;
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version)) fail("PACKET_VERSION");
  struct tpacket_req request = {SLOTS * SLOT / 16, 16, SLOT, SLOTS};
  if (setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof request)) fail("PACKET_TX_RING");
  uint8_t *memory = mmap(0, SLOTS * SLOT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) fail("mmap");
  const size_t offset = TPACKET_ALIGN(sizeof(struct tpacket2_hdr));
  unsigned slot = 0, waiting = 0;
  while (count > 0) {
    struct tpacket2_hdr *header = (void *)(memory + slot * SLOT);
    if (__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE) {
      if (send(fd, 0, 0, MSG_DONTWAIT) < 0 && !out_of_room()) fail("send");
      waiting = 0;
      continue;
    }
    memcpy((uint8_t *)header + offset, frame, size);
    header->tp_len = size;
    __atomic_store_n(&header->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
    slot = (slot + 1) % SLOTS;
    count--;
    if (++waiting < BATCH && count > 0) continue;
    if (send(fd, 0, 0, MSG_DONTWAIT) < 0 && !out_of_room()) fail("send");
    waiting = 0;
  }
  if (send(fd, 0, 0, 0) < 0) fail("send");
}

int main(int count, char *words[]) {
  if (count < 5) return 64;
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  if (fd < 0) fail("socket");
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(words[1])};
  if (bind(fd, (void *)&place, sizeof place)) fail("bind");
  int one = 1;
  if (count > 5 && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one)) fail("bypass");
  size_t size = strtoul(words[3], 0, 10);
  long frames = atol(words[4]);
  static uint8_t frame[SLOT];
  static const uint8_t header[] = {2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a, 0x88, 0xb5};
  if (size < sizeof header || size > SLOT - 64) return 64;
  memcpy(frame, header, sizeof header);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  if (!strcmp(words[2], "send")) one_by_one(fd, frame, size, frames);
  else if (!strcmp(words[2], "sendmmsg")) many(fd, frame, size, frames);
  else ring(fd, frame, size, frames);
  clock_gettime(CLOCK_MONOTONIC, &to);
  double seconds = (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) / 1e9;
  printf("%.0f\n", frames / seconds / 1000);
}

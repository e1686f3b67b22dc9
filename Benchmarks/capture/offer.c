// offer INTERFACE FRAMES-PER-SECOND FRAMES BYTES: sends numbered broadcast frames of EtherType 88b5h at an
// even rate, and says how many left and how long it took. Bursts are of 16 frames.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BURST = 16 };

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 5) return 64;
  double rate = atof(arguments[2]);
  long frames = atol(arguments[3]), sent = 0;
  size_t length = (size_t)atol(arguments[4]);
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                .sll_ifindex = (int)if_nametoindex(arguments[1])};
  if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("offer");
    return 71;
  }
  static uint8_t bytes[BURST][2048];
  struct mmsghdr messages[BURST];
  struct iovec pieces[BURST];
  for (int n = 0; n < BURST; n++) {
    memset(bytes[n], 0xff, 6);
    memcpy(bytes[n] + 6, "\2\0\0\0\0\x0a\x88\xb5", 8);
    pieces[n] = (struct iovec){bytes[n], length};
    messages[n].msg_hdr = (struct msghdr){.msg_iov = &pieces[n], .msg_iovlen = 1};
  }
  int64_t start = now();
  while (sent < frames) {
    int64_t due = start + (int64_t)((double)sent * 1e9 / rate);
    while (now() < due) {
    }
    int burst = frames - sent < BURST ? (int)(frames - sent) : BURST;
    for (int n = 0; n < burst; n++) {
      uint32_t number = htonl((uint32_t)(sent + n));
      memcpy(bytes[n] + 14, &number, sizeof number);
    }
    int done = sendmmsg(descriptor, messages, (unsigned)burst, 0);
    if (done < 0 && errno != ENOBUFS && errno != EAGAIN) {
      perror("offer");
      return 71;
    }
    if (done > 0) sent += done;
  }
  printf("%ld %.3f\n", sent, (double)(now() - start) / 1e9);
  return 0;
}

// Seeded random bytes through a relay, both ways at once, each compared with what was sent.
//
// usage: soak serve ADDRESS
//        soak ask ADDRESS BYTES CONNECTIONS [SECONDS]
//
// ADDRESS is a port of 127.0.0.1, unix:PATH, or udp:PORT. A connection begins with 24 bytes: its seed, how many
// bytes come, how many go. `ask` makes so many connections at once until BYTES have come and gone, and with
// SECONDS for so long at least, and prints
//   complete BYTES broken wrong
// A connection that was cut may be short (`broken`, an error without SECONDS); a wrong byte is always one.
//
// A datagram begins with its connection's seed and its number there, and is answered by one; 64 KiB at most are
// on their way for each connection, so that none is lost for want of room. A datagram that is lost is a broken
// connection, one that is out of order or doubled a wrong one.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { period = 1048573, most = 256 * 1024 };  // a prime, so that no buffer's size divides it
static uint8_t pattern[period + most];

static const char *address;
static uint64_t goal;
static int mayBreak;
static time_t end;
static atomic_ullong moved, complete, broken, wrong, seeds;

static uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

static int usesDatagrams(void) { return strncmp(address, "udp:", 4) == 0; }

static int goesOn(void) { return !wrong && (moved < goal || time(NULL) < end); }

static socklen_t parse(struct sockaddr_storage *storage) {
  memset(storage, 0, sizeof *storage);
  if (strncmp(address, "unix:", 5) == 0) {
    struct sockaddr_un *un = (struct sockaddr_un *)storage;
    un->sun_family = AF_UNIX;
    strncpy(un->sun_path, address + 5, sizeof un->sun_path - 1);
    return sizeof *un;
  }
  struct sockaddr_in *in = (struct sockaddr_in *)storage;
  in->sin_family = AF_INET;
  in->sin_port = htons((uint16_t)atoi(usesDatagrams() ? address + 4 : address));
  in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return sizeof *in;
}

// Sends and receives until both are done and the other end has ended. 1 when all came, 0 when it was cut.
static int exchange(int socket, uint64_t seed, uint64_t sending, uint64_t receiving, int sender) {
  uint64_t sent = 0, received = 0, random = mix(seed ^ (uint64_t)sender);
  uint64_t from = mix(seed + (uint64_t)sender) % period, to = mix(seed + (uint64_t)!sender) % period;
  static _Thread_local uint8_t buffer[most];
  int hasEnded = 0;
  if (sending == 0) shutdown(socket, SHUT_WR);
  while (!hasEnded || sent < sending) {
    struct pollfd poller = {socket, (short)((hasEnded ? 0 : POLLIN) | (sent < sending ? POLLOUT : 0)), 0};
    if (poll(&poller, 1, 60000) <= 0) {
      fprintf(stderr, "soak: nothing moved for a minute: sent %llu of %llu, received %llu of %llu\n",
              (unsigned long long)sent, (unsigned long long)sending, (unsigned long long)received,
              (unsigned long long)receiving);
      return 0;
    }
    random = mix(random);
    if (random % 512 == 0) usleep(random % 3000);  // a slow peer now and then
    if (sent < sending && poller.revents & (POLLOUT | POLLERR | POLLHUP)) {
      size_t count = 1 + (random >> 8) % (random & 1 ? most : 2000);
      if (count > sending - sent) count = sending - sent;
      ssize_t gone = send(socket, pattern + (from + sent) % period, count, MSG_NOSIGNAL);
      if (gone < 0 && errno != EAGAIN) return 0;
      if (gone > 0) sent += (uint64_t)gone;
      if (sent == sending) shutdown(socket, SHUT_WR);
    }
    if (!hasEnded && poller.revents & (POLLIN | POLLERR | POLLHUP)) {
      ssize_t count = recv(socket, buffer, 1 + (random >> 16) % most, 0);
      if (count < 0 && errno != EAGAIN) return 0;
      if (count == 0) hasEnded = 1;
      if (count > 0) {
        if (received + (uint64_t)count > receiving ||
            memcmp(buffer, pattern + (to + received) % period, (size_t)count) != 0) {
          fprintf(stderr, "soak: WRONG bytes between %llu and %llu of connection %016llx\n",
                  (unsigned long long)received, (unsigned long long)(received + (uint64_t)count),
                  (unsigned long long)seed);
          wrong++;
          return 0;
        }
        received += (uint64_t)count;
      }
    }
    if (hasEnded && received < receiving) return 0;
  }
  moved += sent + received;
  return received == receiving;
}

static void *serveOne(void *argument) {
  int socket = (int)(intptr_t)argument;
  uint64_t head[3];
  if (recv(socket, head, sizeof head, MSG_WAITALL) == sizeof head) {
    fcntl(socket, F_SETFL, O_NONBLOCK);
    exchange(socket, head[0], head[2], head[1], 1);
  }
  close(socket);
  if (wrong) exit(1);
  return NULL;
}

static void spawn(void *(*body)(void *), void *argument, pthread_t *thread) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_t own;
  if (pthread_create(thread ? thread : &own, &attributes, body, argument) != 0) exit(71);
  if (!thread) pthread_detach(own);
}

// --- Datagrams ---------------------------------------------------------------------------------

struct head {
  uint64_t seed, number;
};
enum { longest = 65507, inFlight = 64 * 1024 };

// How long a question is, or the answer to it, with its head.
static size_t lengthOf(uint64_t seed, uint64_t number, int isAnswer) {
  uint64_t random = mix(seed ^ mix(2 * number + (uint64_t)isAnswer));
  if (random % 64 == 0) return longest;
  return sizeof(struct head) + (random >> 8) % (1u << (random & 15));
}

static const uint8_t *contentOf(uint64_t seed, uint64_t number, int isAnswer) {
  return pattern + mix(seed + 2 * number + (uint64_t)isAnswer) % period;
}

static size_t write_(uint8_t *datagram, uint64_t seed, uint64_t number, int isAnswer) {
  struct head head = {seed, number};
  size_t length = lengthOf(seed, number, isAnswer);
  memcpy(datagram, &head, sizeof head);
  memcpy(datagram + sizeof head, contentOf(seed, number, isAnswer), length - sizeof head);
  return length;
}

// Whether it is whole, and says what it should.
static int isRight(const uint8_t *datagram, ssize_t count, int isAnswer) {
  struct head head;
  if (count < (ssize_t)sizeof head) return 0;
  memcpy(&head, datagram, sizeof head);
  size_t length = lengthOf(head.seed, head.number, isAnswer);
  return (size_t)count == length && memcmp(datagram + sizeof head, contentOf(head.seed, head.number, isAnswer),
                                           length - sizeof head) == 0;
}

static int serveDatagrams(int listener) {
  static uint8_t buffer[1 << 17];
  int room = 16 << 20;
  if (setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  for (;;) {
    struct sockaddr_storage client;
    socklen_t size = sizeof client;
    ssize_t count = recvfrom(listener, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &size);
    if (count < 0) continue;
    if (!isRight(buffer, count, 0)) {
      fprintf(stderr, "soak: WRONG question of %zd bytes\n", count);
      return 1;
    }
    struct head head;
    memcpy(&head, buffer, sizeof head);
    size_t length = write_(buffer, head.seed, head.number, 1);
    sendto(listener, buffer, length, 0, (struct sockaddr *)&client, size);
  }
}

static size_t cost(uint64_t seed, uint64_t number) {
  size_t there = lengthOf(seed, number, 0), back = lengthOf(seed, number, 1);
  return (there > back ? there : back) + 1024;
}

// Asks `count` questions; how many of them were answered, in their order. -1 for a wrong answer.
static int64_t exchangeDatagrams(int socket, uint64_t seed, uint64_t count) {
  static _Thread_local uint8_t buffer[1 << 17];
  uint64_t next = 0, expected = 0;
  size_t flying = 0;
  while (expected < count) {
    while (next < count && (next == expected || flying + cost(seed, next) <= inFlight)) {
      size_t length = write_(buffer, seed, next, 0);
      // An error that waits on the socket is an earlier datagram's.
      if (send(socket, buffer, length, 0) < 0 && send(socket, buffer, length, 0) < 0) return (int64_t)expected;
      flying += cost(seed, next++);
    }
    struct pollfd poller = {socket, POLLIN, 0};
    if (poll(&poller, 1, mayBreak ? 1000 : 60000) <= 0) return (int64_t)expected;
    ssize_t length = recv(socket, buffer, sizeof buffer, 0);
    if (length < 0) return (int64_t)expected;
    struct head head;
    memcpy(&head, buffer, sizeof head);
    if (!isRight(buffer, length, 1) || head.seed != seed || head.number < expected) {
      fprintf(stderr, "soak: WRONG answer %llu of connection %016llx, where %llu was due\n",
              (unsigned long long)head.number, (unsigned long long)seed, (unsigned long long)expected);
      return -1;
    }
    if (head.number > expected) return (int64_t)expected;
    moved += lengthOf(seed, expected, 0) + lengthOf(seed, expected, 1);
    flying -= cost(seed, expected++);
  }
  return (int64_t)expected;
}

static void *askDatagrams(void *argument) {
  (void)argument;
  while (goesOn()) {
    uint64_t seed = mix(++seeds), count = 1 + mix(seed) % 5000;
    struct sockaddr_storage storage;
    socklen_t size = parse(&storage);
    int client = socket(AF_INET, SOCK_DGRAM, 0);
    int64_t answered = 0;
    if (connect(client, (struct sockaddr *)&storage, size) == 0) answered = exchangeDatagrams(client, seed, count);
    if (answered < 0) wrong++;
    else if ((uint64_t)answered == count) complete++;
    else {
      broken++;
      if (!mayBreak)
        fprintf(stderr, "soak: datagram %lld of connection %016llx was lost: %s\n", (long long)answered,
                (unsigned long long)seed, strerror(errno));
      usleep(1000);
    }
    close(client);
  }
  return NULL;
}

// -----------------------------------------------------------------------------------------------

static int serve(void) {
  struct sockaddr_storage storage;
  socklen_t size = parse(&storage);
  int listener = socket(storage.ss_family, usesDatagrams() ? SOCK_DGRAM : SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (storage.ss_family == AF_UNIX) unlink(address + 5);
  if (bind(listener, (struct sockaddr *)&storage, size) != 0 ||
      (!usesDatagrams() && listen(listener, 1000) != 0)) {
    perror("soak serve");
    return 71;
  }
  if (usesDatagrams()) return serveDatagrams(listener);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client >= 0) spawn(serveOne, (void *)(intptr_t)client, NULL);
  }
}

static void *askOne(void *argument) {
  (void)argument;
  while (goesOn()) {
    uint64_t seed = mix(++seeds), random = mix(seed);
    // Mostly short, now and then hundreds of megabytes, or an eighth of all; one way, or both.
    uint64_t scale = 1ull << (random % 29);
    while (scale > 1 << 16 && scale > goal / 8) scale /= 2;
    uint64_t head[3] = {seed, mix(random) % scale, mix(random + 1) % scale};
    struct sockaddr_storage storage;
    socklen_t size = parse(&storage);
    int socket_ = socket(storage.ss_family, SOCK_STREAM, 0), isWhole = 0;
    if (connect(socket_, (struct sockaddr *)&storage, size) == 0 &&
        send(socket_, head, sizeof head, MSG_NOSIGNAL) == sizeof head) {
      fcntl(socket_, F_SETFL, O_NONBLOCK);
      isWhole = exchange(socket_, seed, head[1], head[2], 0);
    }
    if (isWhole) complete++;
    else {
      broken++;
      if (!mayBreak) fprintf(stderr, "soak: connection %016llx was cut: %s\n", (unsigned long long)seed, strerror(errno));
      usleep(1000);
    }
    close(socket_);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  signal(SIGPIPE, SIG_IGN);
  for (size_t index = 0; index < period; index++) pattern[index] = (uint8_t)mix(index);
  memcpy(pattern + period, pattern, most);
  address = arguments[2];
  if (strcmp(arguments[1], "serve") == 0) return serve();
  if (count < 5) return 64;
  goal = strtoull(arguments[3], NULL, 10);
  mayBreak = count > 5;
  if (mayBreak) end = time(NULL) + atoi(arguments[5]);
  int connections = atoi(arguments[4]);
  pthread_t threads[256];
  if (connections < 1 || connections > 256) return 64;
  for (int index = 0; index < connections; index++) spawn(usesDatagrams() ? askDatagrams : askOne, NULL, &threads[index]);
  for (int index = 0; index < connections; index++) pthread_join(threads[index], NULL);
  printf("%llu %llu %llu %llu\n", (unsigned long long)complete, (unsigned long long)moved,
         (unsigned long long)broken, (unsigned long long)wrong);
  return wrong || (broken && !mayBreak) ? 1 : 0;
}

// Seeded random bytes through a relay, both ways at once, each compared with what was sent.
//
// usage: soak serve ADDRESS
//        soak ask ADDRESS BYTES CONNECTIONS [mayBreak]
//
// ADDRESS is a port of 127.0.0.1, or unix:PATH. A connection begins with 24 bytes: its seed, how many bytes
// come, how many go. `ask` makes so many connections at once until BYTES have come and gone, and prints
//   complete BYTES broken wrong
// A connection that was cut may be short (`broken`, an error without mayBreak); a wrong byte is always one.
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
#include <unistd.h>

enum { period = 1048573, most = 256 * 1024 };  // a prime, so that no buffer's size divides it
static uint8_t pattern[period + most];

static const char *address;
static uint64_t goal;
static int mayBreak;
static atomic_ullong moved, complete, broken, wrong, seeds;

static uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

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
  in->sin_port = htons((uint16_t)atoi(address));
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

static int serve(void) {
  struct sockaddr_storage storage;
  socklen_t size = parse(&storage);
  int listener = socket(storage.ss_family, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (storage.ss_family == AF_UNIX) unlink(address + 5);
  if (bind(listener, (struct sockaddr *)&storage, size) != 0 || listen(listener, 1000) != 0) {
    perror("soak serve");
    return 71;
  }
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client >= 0) spawn(serveOne, (void *)(intptr_t)client, NULL);
  }
}

static void *askOne(void *argument) {
  (void)argument;
  while (moved < goal && !wrong) {
    uint64_t seed = mix(++seeds), random = mix(seed);
    // Mostly short, now and then hundreds of megabytes; one way, or both.
    uint64_t scale = 1ull << (random % 29);
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
  int connections = atoi(arguments[4]);
  pthread_t threads[256];
  if (connections < 1 || connections > 256) return 64;
  for (int index = 0; index < connections; index++) spawn(askOne, NULL, &threads[index]);
  for (int index = 0; index < connections; index++) pthread_join(threads[index], NULL);
  printf("%llu %llu %llu %llu\n", (unsigned long long)complete, (unsigned long long)moved,
         (unsigned long long)broken, (unsigned long long)wrong);
  return wrong || (broken && !mayBreak) ? 1 : 0;
}

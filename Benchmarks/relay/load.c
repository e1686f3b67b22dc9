// The two ends of what is relayed in a benchmark.
//
// usage: load serve PORT
//        load bulk PORT SECONDS STREAMS     prints MB/s
//        load rtt PORT COUNT                prints the median and the 99th percentile of a byte's way, µs
//        load rate PORT SECONDS PARALLEL    prints connections a second: connect, a byte there and back, close
//        load idle PORT COUNT               holds connections open until standard input ends
//
// A connection's first byte tells the server what it is for: `d` discard, `e` echo.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buffer[512 * 1024];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct sockaddr_in local(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int dial(int port, int flags) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), on = 1;
  struct sockaddr_in to = local(port);
  if (descriptor < 0) fail("socket");
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(descriptor, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) fail("connect");
  return descriptor;
}

static void serve(int port) {
  static char kind[65536];
  struct sockaddr_in at = local(port);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 4096) < 0) fail("listen");
  int set = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
  while (1) {
    int ready = epoll_wait(set, events, 256, -1);
    for (int n = 0; n < ready; n++) {
      int descriptor = events[n].data.fd;
      if (descriptor == listener) {
        while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          kind[descriptor] = 0;
          event.data.fd = descriptor;
          epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event);
        }
        continue;
      }
      ssize_t count = recv(descriptor, buffer, sizeof buffer, 0);
      if (count < 0 && errno == EAGAIN) continue;
      if (count <= 0) {
        close(descriptor);
        continue;
      }
      if (!kind[descriptor]) kind[descriptor] = buffer[0];
      if (kind[descriptor] == 'e' && send(descriptor, buffer, (size_t)count, MSG_NOSIGNAL) < 0)
        close(descriptor);
    }
  }
}

static void bulk(int port, double seconds, int streams) {
  int set = epoll_create1(0);
  for (int n = 0; n < streams; n++) {
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = dial(port, 0)};
    if (send(event.data.fd, "d", 1, MSG_NOSIGNAL) != 1) fail("send");
    epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
  }
  // Half a second to get going.
  double begin = now() + 0.5, end = begin + seconds, bytes = 0, time;
  struct epoll_event events[64];
  while ((time = now()) < end) {
    int ready = epoll_wait(set, events, 64, 100);
    for (int n = 0; n < ready; n++) {
      ssize_t count = send(events[n].data.fd, buffer, sizeof buffer, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) fail("send");
      if (count > 0 && time >= begin) bytes += (double)count;
    }
  }
  printf("%.0f\n", bytes / seconds / 1e6);
}

static int ascending(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static void rtt(int port, int count) {
  double *times = calloc((size_t)count, sizeof *times);
  int descriptor = dial(port, 0);
  for (int n = -count / 10; n < count; n++) {
    double begin = now();
    if (send(descriptor, "e", 1, MSG_NOSIGNAL) != 1 || recv(descriptor, buffer, 1, 0) != 1) fail("recv");
    if (n >= 0) times[n] = (now() - begin) * 1e6;
  }
  qsort(times, (size_t)count, sizeof *times, ascending);
  printf("%.1f %.1f\n", times[count / 2], times[count - 1 - count / 100]);
}

static void rate(int port, double seconds, int parallel) {
  static char state[65536];
  int set = epoll_create1(0), done = 0, failed = 0;
  struct epoll_event event = {.events = EPOLLOUT}, events[256];
  double begin = now() + 0.3, end = begin + seconds, time;
  for (int n = 0; n < parallel; n++) {
    event.data.fd = dial(port, SOCK_NONBLOCK);
    epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
  }
  while ((time = now()) < end) {
    int ready = epoll_wait(set, events, 256, 100);
    for (int n = 0; n < ready; n++) {
      int descriptor = events[n].data.fd;
      event = (struct epoll_event){.events = EPOLLIN, .data.fd = descriptor};
      if (state[descriptor] == 0 && send(descriptor, "e", 1, MSG_NOSIGNAL) == 1) {
        state[descriptor] = 1;
        epoll_ctl(set, EPOLL_CTL_MOD, descriptor, &event);
        continue;
      }
      if (state[descriptor] == 1 && recv(descriptor, buffer, 1, 0) == 1)
        done += time >= begin;
      else
        failed++;
      close(descriptor);
      state[descriptor] = 0;
      event.events = EPOLLOUT;
      event.data.fd = dial(port, SOCK_NONBLOCK);
      state[event.data.fd] = 0;
      epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
    }
  }
  if (failed) fprintf(stderr, "%d connections failed\n", failed);
  printf("%.0f\n", done / seconds);
}

static void idle(int port, int count) {
  for (int n = 0; n < count; n++) {
    int descriptor = dial(port, 0);
    if (send(descriptor, "e", 1, MSG_NOSIGNAL) != 1 || recv(descriptor, buffer, 1, 0) != 1) fail("recv");
  }
  printf("ready\n");
  fflush(stdout);
  while (read(0, buffer, sizeof buffer) > 0) continue;
}

int main(int count, char **arguments) {
  const char *what = count > 2 ? arguments[1] : "";
  int port = count > 2 ? atoi(arguments[2]) : 0;
  signal(SIGPIPE, SIG_IGN);
  if (strcmp(what, "serve") == 0) return serve(port), 0;
  if (strcmp(what, "bulk") == 0 && count == 5) return bulk(port, atof(arguments[3]), atoi(arguments[4])), 0;
  if (strcmp(what, "rtt") == 0 && count == 4) return rtt(port, atoi(arguments[3])), 0;
  if (strcmp(what, "rate") == 0 && count == 5) return rate(port, atof(arguments[3]), atoi(arguments[4])), 0;
  if (strcmp(what, "idle") == 0 && count == 4) return idle(port, atoi(arguments[3])), 0;
  return fprintf(stderr, "usage: load serve|bulk|rtt|rate|idle PORT ...\n"), 64;
}

// Connections through a relay that is reloaded meanwhile.
//
// usage: reload PORT SECONDS PARALLEL LASTING
//
// Holds LASTING connections all the while, and makes PARALLEL short ones at once, one after another: connect, a
// byte there and back, close. Prints how many short ones a second came through, how many failed, and how many
// of the lasting ones are alive in the end.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int port;
static double end;
static atomic_ulong through, failed;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// The server of load.c echoes after a first `e`. -1 when it does not come through.
static int echoed(int client, const char *bytes, size_t count) {
  char answer;
  if (send(client, bytes, count, MSG_NOSIGNAL) != (ssize_t)count) return -1;
  return recv(client, &answer, 1, 0) == 1 ? 0 : -1;
}

static int dial(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval patience = {10, 0};
  int client = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(client, (struct sockaddr *)&to, sizeof to) == 0) return client;
  close(client);
  return -1;
}

static void *ask(void *argument) {
  (void)argument;
  while (now() < end) {
    int client = dial();
    if (client >= 0 && echoed(client, "ex", 2) == 0) through++;
    else failed++;
    if (client >= 0) close(client);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 5) return 64;
  port = atoi(arguments[1]);
  double seconds = atof(arguments[2]);
  int parallel = atoi(arguments[3]), lasting = atoi(arguments[4]), alive = 0;
  int clients[1000];
  pthread_t threads[256];
  if (parallel < 1 || parallel > 256 || lasting < 0 || lasting > 1000) return 64;
  for (int index = 0; index < lasting; index++)
    if ((clients[index] = dial()) < 0 || echoed(clients[index], "ex", 2) != 0) return 1;
  end = now() + seconds;
  for (int index = 0; index < parallel; index++) pthread_create(&threads[index], NULL, ask, NULL);
  for (int index = 0; index < parallel; index++) pthread_join(threads[index], NULL);
  for (int index = 0; index < lasting; index++) {
    // What is left of the first echo does not count.
    char rest[16];
    recv(clients[index], rest, sizeof rest, MSG_DONTWAIT);
    if (echoed(clients[index], "y", 1) == 0) alive++;
  }
  printf("%.0f %lu %d\n", (double)through / seconds, (unsigned long)failed, alive);
}

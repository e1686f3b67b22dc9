// A /dev/ipmi0 for machines that have none. Loaded before a program (LD_PRELOAD), it answers the
// program's open and ioctl of that name as the driver ipmi_devintf does, and has the commands done by
// OpenIPMI's ipmi_sim, over the line by which a virtual machine reaches its controller (the simulator's
// "codec VM"; docs/specs of QEMU, ipmi-bmc-extern). Where the line is says CRIMP_TEST_IPMI (a TCP port of
// 127.0.0.1).
//
// Messages for other controllers on a bus are not passed on: their answer repeats where they were for.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_END = 0xa0, COMMAND_END = 0xa1, ESCAPE = 0xaa };

// The line to the simulator, and a socket pair of which the program holds one end: a byte in it for each
// answer that waits, so that the program can wait for its descriptor.
static int line = -1, given = -1, kept = -1;
static struct { long id; unsigned char netfn, command, data[300]; int count; } answers[8];
static int waiting;

// Connects, and waits for the two commands that the simulator greets with. It refuses a machine while it
// still holds the one before, and dies of a greeting that it writes to a machine that has gone.
static int greeted(const struct sockaddr_in *address) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), commands = 0;
  unsigned char byte;
  if (connect(descriptor, (const struct sockaddr *)address, sizeof *address) == 0) {
    while (commands < 2 && read(descriptor, &byte, 1) == 1) commands += byte == COMMAND_END;
  }
  if (commands == 2) return descriptor;
  close(descriptor);
  return -1;
}

static int connect_line(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor;
  for (int tries = 0; (descriptor = greeted(&address)) < 0 && tries < 1000; tries++) usleep(10000);
  // Version 1 of the protocol; nothing that the simulator might ask of a machine.
  unsigned char hello[] = {0xff, 1, COMMAND_END, 8, 0, COMMAND_END};
  if (descriptor < 0 || write(descriptor, hello, sizeof hello) != sizeof hello) return -1;
  return descriptor;
}

static int open_device(void) {
  const char *port = getenv("CRIMP_TEST_IPMI");
  int pair[2];
  if (!port || (line = connect_line(port)) < 0) { errno = ENXIO; return -1; }
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -1;
  given = pair[0];
  kept = pair[1];
  return given;
}

static void put(unsigned char *bytes, int *count, unsigned char byte) {
  if (byte == MESSAGE_END || byte == COMMAND_END || byte == ESCAPE) {
    bytes[(*count)++] = ESCAPE;
    byte |= 0x10;
  }
  bytes[(*count)++] = byte;
}

static void queue(long id, int netfn, int command, const unsigned char *data, int count) {
  if (waiting == 8) return;
  answers[waiting].id = id;
  answers[waiting].netfn = netfn;
  answers[waiting].command = command;
  memcpy(answers[waiting].data, data, count);
  answers[waiting++].count = count;
  if (write(kept, "", 1) != 1) abort();
}

// Reads a message of the line: sequence number, function and unit, command, data, checksum.
static int read_answer(unsigned char *message, unsigned char sequence) {
  int count = 0, escaped = 0;
  unsigned char byte;
  while (read(line, &byte, 1) == 1) {
    if (byte == COMMAND_END) { count = 0; continue; }
    if (byte == MESSAGE_END) {
      if (count >= 5 && message[0] == sequence) return count - 1;
      count = 0;
      continue;
    }
    if (byte == ESCAPE) { escaped = 1; continue; }
    if (escaped) { byte &= ~0x10; escaped = 0; }
    if (count < 300) message[count++] = byte;
  }
  return -1;
}

static int send_command(struct ipmi_req *request) {
  struct ipmi_addr *address = (struct ipmi_addr *)request->addr;
  struct ipmi_msg *message = &request->msg;
  if (address->addr_type == IPMI_IPMB_ADDR_TYPE) {
    struct ipmi_ipmb_addr *bus = (struct ipmi_ipmb_addr *)request->addr;
    unsigned char echo[300] = {0, bus->channel, bus->slave_addr, bus->lun};
    memcpy(echo + 4, message->data, message->data_len);
    queue(request->msgid, message->netfn | 1, message->cmd, echo, 4 + message->data_len);
    return 0;
  }
  if (address->addr_type != IPMI_SYSTEM_INTERFACE_ADDR_TYPE || address->channel != IPMI_BMC_CHANNEL) {
    errno = EINVAL;
    return -1;
  }
  static unsigned char sequence;
  sequence = (sequence + 1) & 0x3f;
  struct ipmi_system_interface_addr *own = (struct ipmi_system_interface_addr *)request->addr;
  unsigned char plain[300] = {sequence, message->netfn << 2 | own->lun, message->cmd}, wire[600];
  int count = 3 + message->data_len, length = 0;
  unsigned char sum = 0;
  memcpy(plain + 3, message->data, message->data_len);
  for (int index = 0; index < count; index++) {
    sum -= plain[index];
    put(wire, &length, plain[index]);
  }
  put(wire, &length, sum);
  wire[length++] = MESSAGE_END;
  if (write(line, wire, length) != length) return -1;
  unsigned char answer[300];
  count = read_answer(answer, sequence);
  if (count < 0) { errno = EIO; return -1; }
  queue(request->msgid, answer[1] >> 2, answer[2], answer + 3, count - 3);
  return 0;
}

static int receive(struct ipmi_recv *received) {
  char byte;
  if (waiting == 0) { errno = EAGAIN; return -1; }
  if (read(given, &byte, 1) != 1) return -1;
  received->recv_type = IPMI_RESPONSE_RECV_TYPE;
  received->msgid = answers[0].id;
  received->msg.netfn = answers[0].netfn;
  received->msg.cmd = answers[0].command;
  int room = received->msg.data_len, count = answers[0].count;
  received->msg.data_len = count < room ? count : room;
  memcpy(received->msg.data, answers[0].data, received->msg.data_len);
  struct ipmi_system_interface_addr own = {IPMI_SYSTEM_INTERFACE_ADDR_TYPE, IPMI_BMC_CHANNEL, 0};
  memcpy(received->addr, &own, sizeof own);
  received->addr_len = sizeof own;
  memmove(answers, answers + 1, sizeof answers[0] * --waiting);
  return 0;
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (descriptor >= 0 && descriptor == given) {
    switch (request) {
    case IPMICTL_SEND_COMMAND: return send_command(argument);
    case IPMICTL_RECEIVE_MSG_TRUNC: return receive(argument);
    case IPMICTL_SET_GETS_EVENTS_CMD:
    case IPMICTL_SET_MY_ADDRESS_CMD: return 0;
    default: errno = ENOTTY; return -1;
    }
  }
  int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
  return real(descriptor, request, argument);
}

static int open_any(const char *name, const char *path, int flags, int mode) {
  if (strcmp(path, "/dev/ipmi0") == 0) return open_device();
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
  return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return open_any("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return open_any("open64", path, flags, mode);
}

#include "CLinuxIPMI.h"

#include <errno.h>
#include <linux/ipmi.h>
#include <string.h>
#include <sys/ioctl.h>

_Static_assert(CRIMP_IPMI_DATA_SIZE >= IPMI_MAX_MSG_LENGTH, "the driver has longer messages");

int crimp_ipmi_send(int descriptor, const struct crimp_ipmi_message *message) {
  struct ipmi_system_interface_addr own = {
    .addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE,
    .channel = IPMI_BMC_CHANNEL,
    .lun = message->lun,
  };
  struct ipmi_ipmb_addr bus = {
    .addr_type = IPMI_IPMB_ADDR_TYPE,
    .channel = message->channel,
    .slave_addr = message->address,
    .lun = message->lun,
  };
  struct ipmi_req request = {
    .addr = message->is_bridged ? (unsigned char *)&bus : (unsigned char *)&own,
    .addr_len = message->is_bridged ? sizeof bus : sizeof own,
    .msgid = (long)message->id,
    .msg = {
      .netfn = message->network_function,
      .cmd = message->command,
      .data_len = message->count,
      .data = (unsigned char *)message->data,
    },
  };
  if (message->count > sizeof message->data) {
    errno = EMSGSIZE;
    return -1;
  }
  return ioctl(descriptor, IPMICTL_SEND_COMMAND, &request) < 0 ? -1 : 0;
}

int crimp_ipmi_receive(int descriptor, struct crimp_ipmi_message *message) {
  struct ipmi_addr address;
  memset(&address, 0, sizeof address);
  memset(message, 0, sizeof *message);
  struct ipmi_recv received = {
    .addr = (unsigned char *)&address,
    .addr_len = sizeof address,
    .msg = {.data = message->data, .data_len = sizeof message->data},
  };
  // EMSGSIZE says that the end of a long message was cut off; what there is has been taken.
  if (ioctl(descriptor, IPMICTL_RECEIVE_MSG_TRUNC, &received) < 0 && errno != EMSGSIZE) return -1;
  message->id = received.msgid;
  message->network_function = received.msg.netfn;
  message->command = received.msg.cmd;
  message->count = received.msg.data_len < sizeof message->data ? received.msg.data_len : sizeof message->data;
  return received.recv_type == IPMI_RESPONSE_RECV_TYPE ? 1 : 0;
}

int crimp_ipmi_set_address(int descriptor, uint8_t address) {
  unsigned int value = address;
  return ioctl(descriptor, IPMICTL_SET_MY_ADDRESS_CMD, &value) < 0 ? -1 : 0;
}

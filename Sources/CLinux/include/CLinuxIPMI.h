// The management controller of this machine, by the driver ipmi_devintf (linux/ipmi.h).
#ifndef CRIMP_CLINUX_IPMI_H
#define CRIMP_CLINUX_IPMI_H

#include <stdint.h>

/// As many bytes as the driver ever carries: IPMI_MAX_MSG_LENGTH.
#define CRIMP_IPMI_DATA_SIZE 272

/// A message to the controller, to one on a bus behind it, or from either.
struct crimp_ipmi_message {
  /// The number by which the response is known.
  int64_t id;
  /// Whether it is for a controller on a bus behind the machine's own.
  uint8_t is_bridged;
  /// The bus, and the controller's address on it, of a bridged message.
  uint8_t channel;
  uint8_t address;
  /// The logical unit.
  uint8_t lun;
  uint8_t network_function;
  uint8_t command;
  /// How many bytes of data there are; a response's begins with the completion code.
  uint16_t count;
  uint8_t data[CRIMP_IPMI_DATA_SIZE];
};

/// Sends a message. Returns 0, or -1 with errno set.
int crimp_ipmi_send(int descriptor, const struct crimp_ipmi_message *message);

/// Takes a message that came. Returns 1 for a response, 0 for something else, or -1 with errno set:
/// EAGAIN when there is none.
int crimp_ipmi_receive(int descriptor, struct crimp_ipmi_message *message);

/// Sets the address that the machine's controller has on its buses. Returns 0, or -1 with errno set.
int crimp_ipmi_set_address(int descriptor, uint8_t address);

#endif

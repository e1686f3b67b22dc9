"""A BMC of pyghmi's on 127.0.0.1. usage: bmc.py PORT   User admin, password `password`."""
import sys

import pyghmi.ipmi.bmc as bmc


class Machine(bmc.Bmc):
    """A machine that tells each change of its power in a line."""

    def __init__(self, port):
        super().__init__({'admin': 'password'}, port=port, address='127.0.0.1')
        self.power = 'off'
        self.device = 'default'
        print('ready', flush=True)

    def set_power(self, state):
        self.power = state
        print(state, flush=True)

    def get_power_state(self):
        return self.power

    def power_on(self):
        self.set_power('on')

    def power_off(self):
        self.set_power('off')

    def power_cycle(self):
        self.set_power('cycled')

    def power_shutdown(self):
        self.set_power('shut down')

    def get_boot_device(self):
        return self.device

    def set_boot_device(self, device):
        self.device = device
        print('boot from', device, flush=True)

    def is_active(self):
        return self.power == 'on'

    def iohandler(self, data):
        if self.sol:
            self.sol.send_data(data)


Machine(int(sys.argv[1])).listen()

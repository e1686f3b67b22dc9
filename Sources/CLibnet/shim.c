#include "CLibnet.h"

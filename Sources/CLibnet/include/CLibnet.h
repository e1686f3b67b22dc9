#ifndef CRIMP_CLIBNET_H
#define CRIMP_CLIBNET_H

// The few declarations of libnet's stable ABI (1.1) that Crimp uses. The library is loaded at
// first use with dlopen, so neither its headers nor its linker name is needed to build.

/// An injection context; opaque.
struct crimp_libnet;

/// Link-layer injection of whole frames that the caller has built (LIBNET_LINK_ADV).
#define CRIMP_LIBNET_LINK_ADVANCED 0x08

#define CRIMP_LIBNET_ERROR_TEXT_SIZE 256

#endif

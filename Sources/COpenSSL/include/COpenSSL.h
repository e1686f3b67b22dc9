#ifndef CRIMP_COPENSSL_H
#define CRIMP_COPENSSL_H

// The few declarations of OpenSSL 3's stable ABI that Crimp uses. libcrypto is loaded at first use
// with dlopen, so neither its headers nor its linker name is needed to build.

#include <stddef.h>

/// An algorithm's parameter (struct ossl_param_st); an array of them ends with a null key.
struct crimp_openssl_parameter {
  const char *key;
  unsigned int data_type;
  void *data;
  size_t data_size;
  size_t return_size;
};

#define CRIMP_OPENSSL_PARAMETER_TEXT 4

// One of the names that a certificate is for (struct GENERAL_NAME_st).
struct crimp_openssl_general_name {
  int type;
  void *value;
};

#endif

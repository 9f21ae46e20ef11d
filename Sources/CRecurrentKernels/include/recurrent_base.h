// What all headers of the kernels stand on.
#ifndef RECURRENT_BASE_H
#define RECURRENT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#define RK_SWIFT_NAME(name) __attribute__((swift_name(name)))
#define RK_CLOSED_ENUM __attribute__((enum_extensibility(closed)))
#else
#define RK_SWIFT_NAME(name)
#define RK_CLOSED_ENUM
#define _Nonnull
#define _Nullable
#endif

/// What an RNN makes of a complete pre-activation. ReLU is x < 0 ? +0 : x, so a NaN stays one.
typedef enum RK_CLOSED_ENUM RK_SWIFT_NAME("KernelActivation") {
  RK_ACTIVATION_IDENTITY RK_SWIFT_NAME("identity") = 0,
  RK_ACTIVATION_TANH RK_SWIFT_NAME("tanh") = 1,
  RK_ACTIVATION_RELU RK_SWIFT_NAME("relu") = 2,
} rk_activation;

#endif

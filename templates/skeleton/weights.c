
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the weights are little-endian"
#endif

#if defined(__GNUC__)
#define ALIGNED __attribute__((aligned(64)))
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define ALIGNED _Alignas(64)
#else
#define ALIGNED
#endif

extern const uint32_t $name_weights_data[$words];

ALIGNED const uint32_t $name_weights_data[$words] = {
$values
};

// Counts the allocations and the mutex locks of the calling thread, in the program that this is linked into.
//
// On Linux with glibc the program's own malloc, calloc, realloc, aligned_alloc, memalign, posix_memalign and
// pthread_mutex_lock stand before those of the C library: they count and pass the call on. Elsewhere, and under the
// address and thread sanitizers, which bring their own, nothing is counted, and `allocation_counter_is_available` says
// so. It counts every thread: what else the program does meanwhile is counted, too.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// What this thread called since its last reset.
typedef struct allocation_counts {
  /// Calls that may have allocated memory.
  int64_t allocations;
  /// Calls of pthread_mutex_lock.
  int64_t locks;
} allocation_counts;

/// Whether this build counts at all.
bool allocation_counter_is_available(void);

/// Starts this thread's counts from zero.
void allocation_counter_reset(void);

/// This thread's counts since its last reset. Reading them allocates nothing.
allocation_counts allocation_counter_read(void);

/// Gives the system what the allocator holds and nobody uses, where it can: with glibc.
void allocation_counter_give_back(void);

#endif

#define _GNU_SOURCE  // RTLD_NEXT
#include "allocation_counter.h"

// Of the executable itself, so that reading them calls nothing: malloc comes here.
static _Thread_local int64_t allocations, locks;

void allocation_counter_reset(void) { allocations = locks = 0; }

allocation_counts allocation_counter_read(void) {
  return (allocation_counts){.allocations = allocations, .locks = locks};
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#include <stdlib.h>  // __GLIBC__

#ifdef __GLIBC__
#include <malloc.h>

void allocation_counter_give_back(void) { malloc_trim(0); }
#else
void allocation_counter_give_back(void) {}
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

bool allocation_counter_is_available(void) { return true; }

// The C library's own allocator under the names that it keeps for this purpose; what it hands out goes back through
// its own free, which is not replaced.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  ++allocations;
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  ++allocations;
  if (alignment % sizeof(void *) || alignment & (alignment - 1) || !alignment) return EINVAL;
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *memory = result;
  return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
  // Looked up at the first call, which may come before any constructor of this program has run. Several threads may
  // look it up at once, and find the same.
  static int (*_Atomic next)(pthread_mutex_t *);
  int (*lock)(pthread_mutex_t *) = atomic_load_explicit(&next, memory_order_relaxed);
  if (!lock) {
    lock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
    if (!lock) abort();
    atomic_store_explicit(&next, lock, memory_order_relaxed);
  }
  ++locks;
  return lock(mutex);
}

#else

bool allocation_counter_is_available(void) { return false; }

#endif

/*
 * Stands in front of the allocator of glibc, for the whole process, shared libraries included. Sizes are
 * those that the allocator grants (malloc_usable_size), not those asked for: that is what a device pays.
 * One thread only: none of the clients has more.
 */
#include "heap.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static struct heap heap;

static void *taken(void *block)
{
    size_t size = block == NULL ? 0 : malloc_usable_size(block);

    if (block == NULL)
        return NULL;
    heap.allocations++;
    heap.bytes += size;
    heap.live += size;
    if (heap.live > heap.peak)
        heap.peak = heap.live;
    return block;
}

void *malloc(size_t size)
{
    return taken(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return taken(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    size_t before = block == NULL ? 0 : malloc_usable_size(block);
    void *moved = __libc_realloc(block, size);

    /* Size 0 releases the block; a failure leaves it alone. */
    if (moved != NULL || size == 0)
        heap.live -= before;
    return taken(moved);
}

void free(void *block)
{
    if (block != NULL)
        heap.live -= malloc_usable_size(block);
    __libc_free(block);
}

void *memalign(size_t alignment, size_t size)
{
    return taken(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
        return EINVAL;
    *out = memalign(alignment, size);
    return *out == NULL && size > 0 ? ENOMEM : 0;
}

int heap_is_counted(void)
{
    return 1;
}

struct heap heap_now(void)
{
    return heap;
}

void heap_reset_peak(void)
{
    heap.peak = heap.live;
}

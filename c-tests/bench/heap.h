/* What a program takes from the heap. Counted in programs that are linked with heap_count.c; heap_none.c
 * counts nothing, for runs in which instructions are counted. */
#ifndef SIPFAILOVER_BENCH_HEAP_H
#define SIPFAILOVER_BENCH_HEAP_H

struct heap {
    unsigned long allocations; /* blocks taken, and blocks that were moved or grew */
    unsigned long bytes;       /* what they hold, added up */
    unsigned long live;        /* bytes held now */
    unsigned long peak;        /* most bytes held at once, since heap_reset_peak() */
};

/* Whether this program counts. */
int heap_is_counted(void);
struct heap heap_now(void);
void heap_reset_peak(void);

#endif

#include "heap.h"

int heap_is_counted(void)
{
    return 0;
}

struct heap heap_now(void)
{
    struct heap none = { 0, 0, 0, 0 };

    return none;
}

void heap_reset_peak(void)
{
}

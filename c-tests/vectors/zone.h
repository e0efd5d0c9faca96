/* The zone of a vector as a master file. */

#ifndef ZONE_H
#define ZONE_H

#include "vector.h"

/* Why no real server can load the zone, in words that last; NULL if one can. */
const char *zone_objection(const struct vector *vector);

/* Writes DIRECTORY/v001.zone. Returns 0, or -1. */
int zone_write(const struct vector *vector, const char *directory);

#endif

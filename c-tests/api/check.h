/* A test is a program: it checks, tells what was wrong, and exits with 1 if anything was. */

#ifndef CHECK_H
#define CHECK_H

int check_that(int holds, const char *what, const char *file, int line);
int check_equal(long long is, long long should, const char *what, const char *file, int line);
int check_result(void);

/* Both say whether the check held, for tests that cannot go on without it. */
#define CHECK(condition) check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define CHECK_EQ(is, should) check_equal((long long)(is), (long long)(should), #is, __FILE__, __LINE__)

#endif

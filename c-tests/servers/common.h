/*
 * What the two test servers and their tools share: a loopback UDP socket, address parsing, the pid
 * file, the time limit, the signals and the log.
 *
 * Everything here is for tests and demonstrations on the loopback interface. It is plain C99 and
 * POSIX on purpose: the demonstration must run on a machine that has nothing but a C toolchain.
 */
#ifndef SIPFAILOVER_TEST_COMMON_H
#define SIPFAILOVER_TEST_COMMON_H

#include "md5.h"
#include "number.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* Longest datagram taken in. A UDP payload cannot be longer than 65507 bytes; SIP and DNS on
 * loopback stay far below this. What is longer arrives cut off and fails the length checks. */
#define DATAGRAM_MAX 8192

/* "255.255.255.255:65535" and the end. */
#define ADDRESS_TEXT_MAX 22

/* Seconds a server runs when the command line does not say. Nothing here may outlive its test. */
#define DEFAULT_MAX_SECONDS 120
#define LONGEST_MAX_SECONDS 3600

/* ---- log -------------------------------------------------------------------------------- */

/* The name each log line starts with. The text must stay valid. */
void log_name(const char *name);

/* One line on stdout, flushed at once, so that a script can wait for it. */
void log_line(const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* One line on stderr, then exit status 2: the command line or the machine is at fault. */
void die(const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 1, 2), noreturn))
#endif
    ;

/* ---- time ------------------------------------------------------------------------------- */

/* Milliseconds of a clock that never jumps. */
int64_t now_ms(void);

/* ---- tokens ----------------------------------------------------------------------------- */

/* A text that no other call and no other run makes; unguessable enough for a test. */
void make_token(char out[MD5_HEX_MAX]);

/* ---- addresses and sockets -------------------------------------------------------------- */

/* "127.0.0.1:5070" to an address; port 0 lets the system choose. Returns 0, or -1 when the text is
 * no numeric IPv4 address with a port. */
int parse_address(const char *text, struct sockaddr_in *out);

/* The other way round. `out` holds ADDRESS_TEXT_MAX bytes. */
void format_address(const struct sockaddr_in *address, char *out);

int same_address(const struct sockaddr_in *a, const struct sockaddr_in *b);

/* A UDP socket bound to the address. Returns the descriptor, or -1 with errno. On success
 * `address` has the port the system chose. */
int udp_open(struct sockaddr_in *address);

/* A TCP socket that listens at the address and never blocks; or -1 with errno. */
int tcp_open(const struct sockaddr_in *address);

/* Has it return at once, whatever there is. Returns -1 when it does not let itself. */
int never_blocks(int fd);

/* Waits up to `timeout_ms` for a datagram. Returns its length, 0 when nothing (or an empty
 * datagram) came, or a signal arrived. `data` gets a closing NUL beyond its `size` - 1 bytes. */
size_t udp_receive(int fd, int timeout_ms, unsigned char *data, size_t size,
                   struct sockaddr_in *from);

/* ---- a server's frame ------------------------------------------------------------------- */

/* The options every server here has. Zero it, set `name` and `takes_connections`, then offer it the
 * arguments. */
struct server {
    const char *name;
    struct sockaddr_in address; /* where it listens */
    int has_address;
    const char *pid_file;
    uint32_t max_seconds;

    int takes_connections; /* listens over TCP, too: at `listener` */
    int fd;
    int listener;
    const int *also; /* further descriptors that end the wait of server_turn() */
    size_t also_count;
    int64_t ends_at;
    int silent; /* reads everything, answers nothing */
};

/* Takes --listen, --pid-file and --max-seconds. Returns 1 when the argument at `*index` was one of
 * them (and moves `*index` over its value), 0 when it was not. Dies on a bad value. */
int server_option(struct server *server, int argc, char **argv, int *index);

/* The value of the option at `*index`; moves over it. Dies when there is none. */
const char *option_value(int argc, char **argv, int *index);

/* Opens the socket, writes the pid file, installs the signals, logs "listening on ...". */
void server_start(struct server *server);

/* Descriptors in `also`, at most. */
#define ALSO_MAX 32

/* One turn: waits for a datagram or something on a descriptor in `also`, but not beyond `wake_at` (now_ms clock; negative = no date).
 * Returns its length, 0 when there is none. Also notes a toggled silence and logs it. */
size_t server_turn(struct server *server, int64_t wake_at, unsigned char *data, size_t size,
                   struct sockaddr_in *from);

/* True while the time limit has not passed and nobody asked the server to end. */
int server_running(const struct server *server);

/* Sends unless silent. A send that fails is logged: on loopback it means that a test is wrong. */
void server_send(struct server *server, const void *data, size_t length,
                 const struct sockaddr_in *to);

/* Removes the pid file and says why it ended. */
void server_stop(struct server *server);

#endif

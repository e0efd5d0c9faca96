#define _GNU_SOURCE /* IP_RECVERR, SOCK_NONBLOCK */

#include "sip_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h> /* osip_free() is free() */
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/errqueue.h>

int transport_open(const char *bind_text, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN] = "";
    unsigned port = 0;
    socklen_t length = sizeof *address;
    int on = 1, fd;

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    /* 0.0.0.0 will not do: the address is written into Via and Contact. */
    if (sscanf(bind_text, "%15[0-9.]:%u", host, &port) != 2 || port > 65535
        || inet_pton(AF_INET, host, &address->sin_addr) != 1
        || address->sin_addr.s_addr == htonl(INADDR_ANY)) {
        errno = EINVAL;
        return -1;
    }
    address->sin_port = htons((uint16_t)port);
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) != 0
        || bind(fd, (struct sockaddr *)address, sizeof *address) != 0
        || getsockname(fd, (struct sockaddr *)address, &length) != 0) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

int transport_send(int fd, const struct sockaddr_in *hop, osip_message_t *message)
{
    char *data = NULL;
    size_t length = 0;
    int attempts, error = EPROTO;

    osip_message_force_update(message);
    if (osip_message_to_str(message, &data, &length) != 0)
        return error;

    /* An ICMP error of an *earlier* datagram is handed to the next call on the socket, whatever
     * its destination. It is on the error queue too, where the poll loop finds it with the address
     * it belongs to; here it only means: send again. */
    for (attempts = 0; attempts < 8; attempts++) {
        if (sendto(fd, data, length, 0, (const struct sockaddr *)hop, sizeof *hop) >= 0) {
            error = 0;
            break;
        }
        error = errno;
        if (error != ECONNREFUSED && error != EHOSTUNREACH && error != EINTR)
            break;
    }
    osip_free(data);
    return error;
}

ssize_t transport_receive(int fd, char *data, size_t capacity, struct sockaddr_in *from)
{
    socklen_t from_length = sizeof *from;
    ssize_t length = recvfrom(fd, data, capacity - 1, MSG_DONTWAIT, (struct sockaddr *)from,
                              &from_length);

    if (length >= 0)
        data[length] = '\0';
    return length;
}

/* The error queue names the destination of the datagram that an ICMP error is about. */
int transport_next_unreachable(int fd, struct sockaddr_in *hop)
{
    for (;;) {
        union {
            char bytes[512];
            struct cmsghdr align;
        } control;
        char quoted[64];
        struct iovec data = { quoted, sizeof quoted };
        struct msghdr message;
        struct cmsghdr *c;

        memset(&message, 0, sizeof message);
        memset(hop, 0, sizeof *hop);
        message.msg_name = hop;
        message.msg_namelen = sizeof *hop;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return 0;
        for (c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
            struct sock_extended_err error;

            if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR)
                continue;
            memcpy(&error, CMSG_DATA(c), sizeof error);
            /* "Too big" is about one datagram, not about the server. */
            if (error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_errno != EMSGSIZE)
                return 1;
        }
    }
}

/*
 * A small authoritative DNS server for tests: UDP and TCP, IPv4 loopback, one zone file read at the
 * start.
 *
 *   dns_responder --listen 127.0.0.1:5353 --zone FILE [--additional] [--truncate]
 *                 [--name NAME] [--pid-file FILE] [--max-seconds 120]
 *
 * Zone file: one record a line, `name ttl TYPE rdata`, absolute names with or without the last dot,
 * types A AAAA CNAME SRV NAPTR SOA NS, comments after `;`. No $ORIGIN, no wildcards, no DNSSEC.
 * With a SOA record, names outside its zone are refused and negative answers carry the SOA.
 *
 * --truncate: answers with records do not fit into a datagram (TC bit, no records); over TCP they come.
 * Without it that is so for answers longer than the client takes.
 *
 * SIGUSR1 switches silence on and off. Each query is one line on stdout.
 */
#include "common.h"
#include "dns_answer.h"
#include "dns_tcp.h"

#include <string.h>

int main(int argc, char **argv)
{
    static unsigned char datagram[DATAGRAM_MAX];
    static struct answer answer;
    struct server server = { 0 };
    static struct service service;
    static struct tcp tcp;
    const char *zone_file = NULL;
    int i;

    server.name = "dns";
    server.takes_connections = 1;
    log_name("dns");
    for (i = 1; i < argc; i++) {
        if (server_option(&server, argc, argv, &i))
            continue;
        if (strcmp(argv[i], "--zone") == 0)
            zone_file = option_value(argc, argv, &i);
        else if (strcmp(argv[i], "--additional") == 0)
            service.additional = 1;
        else if (strcmp(argv[i], "--truncate") == 0)
            service.truncate = 1;
        else if (strcmp(argv[i], "--name") == 0)
            server.name = option_value(argc, argv, &i);
        else
            die("unknown option '%s'", argv[i]);
    }
    if (zone_file == NULL)
        die("--zone is missing");
    log_name(server.name);
    zone_read(&service.zone, zone_file);
    server_start(&server);
    tcp_start(&tcp, &server);
    log_line("%lu records from %s", (unsigned long)service.zone.count, zone_file);

    while (server_running(&server)) {
        struct sockaddr_in from;
        char from_text[ADDRESS_TEXT_MAX], log[ANSWER_LOG_MAX];
        size_t length = server_turn(&server, -1, datagram, sizeof datagram, &from);

        tcp_turn(&tcp, &server, &service);
        if (length == 0)
            continue;
        answer_message(&answer, &service, OVER_UDP, datagram, length, log);
        format_address(&from, from_text);
        log_line("%s, from %s%s", log, from_text, server.silent ? " (not answered: silent)" : "");
        if (answer.length > 0)
            server_send(&server, answer.data, answer.length, &from);
    }
    tcp_stop(&tcp);
    server_stop(&server);
    zone_free(&service.zone);
    return 0;
}

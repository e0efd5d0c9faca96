/*
 * A small authoritative DNS server for tests: UDP, IPv4 loopback, one zone file read at the start.
 *
 *   dns_responder --listen 127.0.0.1:5353 --zone FILE [--additional] [--name NAME]
 *                 [--pid-file FILE] [--max-seconds 120]
 *
 * Zone file: one record a line, `name ttl TYPE rdata`, absolute names with or without the last dot,
 * types A AAAA CNAME SRV NAPTR SOA NS, comments after `;`. No $ORIGIN, no wildcards, no DNSSEC.
 * With a SOA record, names outside its zone are refused and negative answers carry the SOA.
 *
 * SIGUSR1 switches silence on and off. Each query is one line on stdout.
 */
#include "common.h"
#include "dns_answer.h"

#include <string.h>

int main(int argc, char **argv)
{
    static unsigned char datagram[DATAGRAM_MAX];
    static struct answer answer;
    struct server server = { 0 };
    struct zone zone;
    const char *zone_file = NULL;
    int additional = 0, i;

    server.name = "dns";
    log_name("dns");
    for (i = 1; i < argc; i++) {
        if (server_option(&server, argc, argv, &i))
            continue;
        if (strcmp(argv[i], "--zone") == 0)
            zone_file = option_value(argc, argv, &i);
        else if (strcmp(argv[i], "--additional") == 0)
            additional = 1;
        else if (strcmp(argv[i], "--name") == 0)
            server.name = option_value(argc, argv, &i);
        else
            die("unknown option '%s'", argv[i]);
    }
    if (zone_file == NULL)
        die("--zone is missing");
    log_name(server.name);
    zone_read(&zone, zone_file);
    server_start(&server);
    log_line("%lu records from %s", (unsigned long)zone.count, zone_file);

    while (server_running(&server)) {
        struct sockaddr_in from;
        char from_text[ADDRESS_TEXT_MAX], log[ANSWER_LOG_MAX];
        size_t length = server_turn(&server, -1, datagram, sizeof datagram, &from);

        if (length == 0)
            continue;
        answer_datagram(&answer, &zone, additional, datagram, length, log);
        format_address(&from, from_text);
        log_line("%s, from %s%s", log, from_text, server.silent ? " (not answered: silent)" : "");
        if (answer.length > 0)
            server_send(&server, answer.data, answer.length, &from);
    }
    server_stop(&server);
    zone_free(&zone);
    return 0;
}

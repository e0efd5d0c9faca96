/* Commands of the file that take more than a line to carry out. */
#ifndef SCENARIO_ACT_H
#define SCENARIO_ACT_H
#include "run.h"

/* A call that the library refuses is a fact of the run: it stands in the transcript, and expectations can name it. */
void refused(run *in, const char *what, uint32_t account, const char *name, sfo_status result);
void start_request(run *in, const command *what);
void cancel_request(run *in, const command *what);
void set_busy(run *in, uint32_t account, uint32_t busy);
void hang_up(run *in, const command *what);
void start_account(run *in, uint32_t account);
/* act_dialogs.c: what the firmware tells the library beside requests */
uint64_t dialog_of(run *in, const char *name);
void begin_dialog(run *in, request *of);
void end_dialog(run *in, const command *what);
void incoming_call(run *in, const command *what);
void lose_flow(run *in, const command *what);
void hear_from(run *in, const command *what);
/* reboot.c: with REBOOT_... */
void reboot(run *in, unsigned how);
#endif

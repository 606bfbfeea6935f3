/* process.h - another program, run to its end */
#ifndef SINTER_PROCESS_H
#define SINTER_PROCESS_H

/* Runs a command in `directory`; what it prints goes where ours goes. Returns what waitpid() says, -1 if it could not be started. Whoever
 * interrupts it from the keyboard interrupts the command: we live on to clean up, as system() does. */
int process_run(const char *directory, char *const *argv);
int process_run_on(const char *input, const char *directory, char *const *argv); /* with a file as its standard input; NULL: with ours */
int process_started(int status); /* there was such a program */

#endif

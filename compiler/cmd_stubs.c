#include "driver.h"
int command_show(int argc, char **argv){(void)argc;(void)argv;return 1;}
int command_compare(int argc, char **argv){(void)argc;(void)argv;return 1;}
int command_ops(int argc, char **argv){(void)argc;(void)argv;return 1;}
int command_datasets(int argc, char **argv){(void)argc;(void)argv;return 1;}
int command_optimizers(int argc, char **argv){(void)argc;(void)argv;return 1;}

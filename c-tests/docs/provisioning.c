/* Loads a provisioning text from standard input, and prints what the library has to remark: severity: key: sentence. */
#include <stdio.h>

#include <sipfailover.h>

int main(void)
{
    static char text[65536];
    size_t length = fread(text, 1, sizeof text, stdin);
    sfo_config *config = NULL;
    uint32_t i;

    if (sfo_config_new(0, &config) != SFO_OK || sfo_config_load_text(config, text, length) != SFO_OK)
        return 1;
    for (i = 0; i < sfo_config_diagnostic_count(config); i++) {
        sfo_diagnostic remark;

        remark.struct_size = sizeof remark;
        if (sfo_config_diagnostic(config, i, &remark) != SFO_OK)
            return 1;
        printf("%s: %s: %s\n", remark.severity == SFO_SEVERITY_ERROR ? "error" : "warning", remark.key, remark.text);
    }
    sfo_config_free(config);
    return 0;
}

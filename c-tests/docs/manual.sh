#!/bin/sh
#
# Manual pages without a warning, by every formatter that is here; the names of the installed ones lead to pages.
#
#   manual.sh DIRECTORY...

set -eu

found=0
bad=0
for directory; do
    for page in "$directory"/*.[13]; do
        case $(head -c 4 "$page") in
        '.so ')
            target=$directory/../$(sed -n 's/^\.so //p' "$page")
            [ -f "$target" ] || { echo "$page leads nowhere"; bad=1; }
            continue
            ;;
        esac
        if command -v groff >/dev/null; then
            found=1
            said=$(groff -man -Tutf8 -ww -z "$page" 2>&1) || bad=1
            [ -z "$said" ] || { echo "$said"; bad=1; }
        fi
        if command -v mandoc >/dev/null; then
            found=1
            mandoc -T lint -W warning "$page" || bad=1
        fi
    done
done
[ "$found" = 1 ] || { echo "neither groff nor mandoc is installed"; exit 77; }
exit "$bad"

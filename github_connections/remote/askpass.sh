#!/bin/sh
# Answers git's question for a password once, from an inherited pipe, and only where the question is
# word for word the expected one: a redirect to another host asks for another host's password.
[ "$1" = "$QUALISYS_ASKPASS_PROMPT" ] || exit 1
exec cat "/dev/fd/$QUALISYS_ASKPASS_FD"

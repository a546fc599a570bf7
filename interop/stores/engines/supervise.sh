# Runs a program until standard input ends. That happens when the Go process closes it, and also when
# that process is killed. Then the program gets its signal.
#
#   sh -c "$script" sh SIGNAL FOLDER PROGRAM [ARGUMENT...]
#
# Standard output says "pid N" when the program runs and "ended N", its exit status, when it has ended.
# What the program prints goes to the file "log" in the folder. Descriptor 3 holds that folder: the
# program does not get it, or one that outlives this script would hold it, too.
signal=$1 folder=$2
shift 2
exec 4<&0 5>&1 </dev/null >>"$folder/log" 2>&1
cd "$folder" || exit

# The program leads a group of its own, so that its children can be reached as well.
setsid "$@" 3>&- 4<&- 5>&- &
program=$!
trap '' PIPE # nobody may be left to read what follows
echo "pid $program" >&5

{
	read -r _ <&4
	exec 4<&- 5>&-
	until kill -s "$signal" -- "-$program"; do # it may not lead its group yet
		sleep 0.05
	done
	sleep 20 &
	nap=$!
	trap 'kill "$nap"; wait "$nap"; exit' TERM
	wait "$nap"
	kill -s KILL -- "-$program"
} &
watcher=$!

wait "$program"
status=$?
kill "$watcher"
wait "$watcher"
kill -s KILL -- "-$program" # children that it left behind
echo "ended $status" >&5

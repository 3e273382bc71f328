"""virt-cpu as the worker of one partition, for every engine that calls Python."""
import subprocess
import threading

COMMAND = ("virt-cpu", "facts", "--records", "ndjson")


def answers(records, command=COMMAND):
    """Yields the answer to each record: a line of JSON in (str or bytes), a line of JSON out (str), in the same order.

    Raises if virt-cpu is killed or fails, or if there are not as many answers as records. The engine then repeats the
    partition or fails; it never gets fewer lines as if they were all.
    """
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    fed, got, failure = 0, 0, None

    def feed():
        # In a thread, because virt-cpu answers before it has read everything, and both pipes would fill up.
        nonlocal fed, failure
        try:
            with process.stdin as stdin:
                for record in records:
                    # Readers of text keep bytes that are not UTF-8 as surrogates.
                    line = record if isinstance(record, bytes) else record.encode("utf-8", "surrogateescape")
                    stdin.write(line.removesuffix(b"\n") + b"\n")
                    fed += 1
        except Exception as error:  # of the records' source; or the pipe is broken, and the exit status says why
            failure = error

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        for line in process.stdout:
            got += 1
            yield line.decode().removesuffix("\n")
        if status := process.wait():
            raise RuntimeError(f"{command[0]} ended with {status} after {got} answers")
        feeder.join()
        if failure or got != fed:
            raise RuntimeError(f"{fed} records, {got} answers") from failure
    finally:
        process.kill()
        process.wait()
        process.stdout.close()

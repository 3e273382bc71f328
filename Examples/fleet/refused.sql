-- Guests that would not start again on the host where they are, with the reasons. For DuckDB and Spark alike; the tables
-- are the lines of virt-cpu facts, kinds (the hosts in it) and verdicts.
SELECT facts.cluster, facts.host, facts.id, verdicts.reasons
FROM facts
JOIN hosts ON hosts.host = facts.host
JOIN verdicts ON verdicts.ask = facts.ask AND array_contains(verdicts.kinds, hosts.kind)
WHERE verdicts.question = 'start' AND verdicts.answer = 'refuses'
ORDER BY facts.cluster, facts.host, facts.id

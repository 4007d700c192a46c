"""The fault harness: a real server and engine, a proxy between them that breaks calls, and a recount of everything.

profiles    the faults by name, and how likely each is
odd         what each fault does to a request or an answer
proxy       the server between product and engine
processes   the product and the engine as processes that can be killed, and what kills them
calls       keyed requests that are repeated until they are answered, and the journal of all answers
listening   sockets that record what they receive
deliveries, warehouse, workshop
            the work of the five domains
workload    people, workers and sockets of a run
snapshot    all tables at the end
checker     what has to be true then; `recounts` and `mail` are parts of it
"""

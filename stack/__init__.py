"""The embedded stack: what brings Steadfast up on one machine, for a newcomer and for the tests.

It finds or builds the servers, starts each as a child process, waits until each answers, and leaves nothing behind.
"""

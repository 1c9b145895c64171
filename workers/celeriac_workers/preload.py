"""Imports what the roles import late, once, for a process that forks them: they share its memory."""
# ruff: noqa: F401 # all of these are imported for their own sake

import celery.apps.worker
import celery.concurrency.solo
import celery.concurrency.thread
import celery.worker.components
import celery.worker.consumer

import celeriac_workers.roles

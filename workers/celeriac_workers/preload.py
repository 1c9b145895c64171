"""Imports what the roles import late, once, for a process that forks them: they share its memory."""
# ruff: noqa: F401 # all of these are imported for their own sake

import celery.app.amqp
import celery.app.control
import celery.app.events
import celery.app.log
import celery.app.routes
import celery.apps.worker
import celery.backends.redis
import celery.concurrency.solo
import celery.concurrency.thread
import celery.events.receiver
import celery.fixups.django
import celery.worker.autoscale
import celery.worker.components
import celery.worker.consumer
import celery.worker.consumer.delayed_delivery
import celery.worker.strategy

import celeriac.dispatch.alarm_clock
import celeriac.dispatch.schedule
import celeriac.storage.encryption
import celeriac_workers.roles

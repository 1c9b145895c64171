"""Flows of the tests of pages."""

HELLO = """\
id: hello
namespace: company.team
description: Says hello
labels: {team: data}
inputs:
  - {id: name, type: STRING, defaults: World}
tasks:
  - {id: greet, type: io.kestra.plugin.core.log.Log, message: "Hello {{ inputs.name }}"}
  - {id: count, type: io.kestra.plugin.core.output.OutputValues, values: {letters: 5}}
"""
BROKEN = """\
id: broken
namespace: company.team
tasks:
  - {id: first, type: io.kestra.plugin.core.log.Log, message: so far so good}
  - {id: check, type: io.kestra.plugin.core.execution.Fail, errorMessage: there are no rows}
"""
SLEEPY = """\
id: sleepy
namespace: company.other
tasks:
  - {id: rest, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}
triggers:
  - {id: morning, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 9 * * *", timezone: Europe/Paris}
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: a-secret-key}
"""
HOSTILE = "<script>alert('x')</script>"
EVIL = """\
id: evil
namespace: company.team
description: "<script>alert('x')</script>"
labels: {evil: "<script>alert('x')</script>"}
inputs:
  - {id: name, type: STRING, defaults: "<script>alert('x')</script>", description: "<script>alert('x')</script>"}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "<script>alert('x')</script>"}
  - id: leave
    type: io.kestra.plugin.core.output.OutputValues
    values: {"<script>alert('x')</script>": ["<script>alert('x')</script>", {a: "<script>alert('x')</script>"}]}
  - {id: fail, type: io.kestra.plugin.core.execution.Fail, errorMessage: "<script>alert('x')</script>"}
"""

# Asks Discourse's own validator. DISCOURSE: a checkout of it. In: a JSON array of texts on stdin. Out: on stdout how long each is
# where it could be too short.
require "json"
require "active_model"

load "#{ENV.fetch("DISCOURSE")}/lib/validators/stripped_length_validator.rb"

texts = JSON.parse($stdin.read)
puts JSON.generate(texts.map { |text| StrippedLengthValidator.get_sanitized_value(text).length })

# Asks Mastodon's own validator. MASTODON: a checkout of it. In: a JSON array of texts on stdin. Out: their lengths on stdout.
require "English"
require "json"
require "active_model"
require "active_support/core_ext/object/blank"
require "twitter-text"

checkout = ENV.fetch("MASTODON")
names = File.read("#{checkout}/app/models/account.rb").scan(/^\s*((?:USERNAME|MENTION)_RE\s*=.*)$/)
Object.const_set(:Account, Class.new.tap { |account| account.class_eval(names.join("\n")) })
%w[config/initializers/twitter_regex app/lib/extractor app/validators/status_length_validator].each do |file|
  load "#{checkout}/#{file}.rb"
end

post = Struct.new(:text) { def spoiler_text = "" }
validator = StatusLengthValidator.new
texts = JSON.parse($stdin.read)
told = texts.map { |text| validator.send(:countable_length, validator.send(:combined_text, post.new(text))) }
puts JSON.generate(told)

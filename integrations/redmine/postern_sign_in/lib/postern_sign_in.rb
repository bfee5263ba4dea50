# frozen_string_literal: true

# Signs in whoever comes through a route of Postern, at each request anew. It never asks for a password, and never
# believes a session of Redmine's own without an assertion beside it.
module PosternSignIn
  # What stands in `config/configuration.yml`: who signs, for whom, and which groups are Postern's to fill.
  def self.settings
    {
      issuer: Redmine::Configuration['postern_issuer'].to_s,
      audience: Redmine::Configuration['postern_audience'].to_s,
      groups: Array(Redmine::Configuration['postern_groups']).map(&:to_s),
      administrators: Redmine::Configuration['postern_administrators'].to_s
    }
  end

  def self.published_keys
    @published_keys ||= PublishedKeys.new(settings[:issuer])
  end
end

# frozen_string_literal: true

# Runs in a copy of Redmine: makes its tables, lays down projects, groups and issues, and serves.
# ARGV: port, the port at which the same Redmine signs people in by its own passwords, and what to lay down as JSON.

require 'json'
require File.join(Dir.pwd, 'config/environment')
require 'rack/handler/webrick'

$stdout.sync = true
port, own_port, given = ARGV
given = JSON.parse(given)

# A throw-away database need not survive a power cut.
ActiveRecord::Base.connection.execute('PRAGMA synchronous = OFF')
ActiveRecord::Migration.verbose = false
ActiveRecord::Base.connection.migration_context.migrate
Redmine::Plugin.migrate
# They were loaded before there were tables.
ActiveRecord::Base.descendants.each(&:reset_column_information)
Redmine::DefaultData::Loader.load('en')

# Letters are written in threads of their own, which find the database locked, or lock it.
Setting.notified_events = []
# In KB, for the file to download.
Setting.attachment_max_size = 1_000_000
given.fetch('settings').each { |name, value| Setting[name] = value }
groups = given.fetch('groups').to_h { |name| [name, Group.create!(lastname: name)] }
author = User.find_by_login('admin')
role = Role.givable.find_by!(name: 'Developer')
role.add_permission!(:kanbans)
given.fetch('people').each do |person|
  user = User.new(login: person['login'], firstname: person['login'], lastname: 'Own', language: 'en')
  user.mail = "#{person['login']}@own.example.com"
  user.password = user.password_confirmation = person['password']
  user.twofa_scheme = 'totp'
  user.twofa_totp_key = person['codeSecret']
  user.save!
end
given.fetch('projects').each do |laid|
  project = Project.new(name: laid['name'], identifier: laid['identifier'], is_public: false)
  project.enabled_module_names = %w[issue_tracking files kanbans]
  project.trackers = Tracker.all
  project.save!
  laid.fetch('groups').each { |name| Member.create!(project: project, principal: groups.fetch(name), roles: [role]) }
  laid.fetch('issues').each do |subject|
    Issue.create!(project: project, tracker: Tracker.first, status: IssueStatus.sorted.first, author: author,
                  priority: IssuePriority.default || IssuePriority.first, subject: subject)
  end
  next unless laid['file']

  path = File.join(Dir.pwd, 'file.bin')
  File.open(path, 'wb') { |file| file.truncate(laid['file']['bytes']) }
  Attachment.create!(container: project, file: File.open(path), filename: laid['file']['name'], author: author)
end

serve = lambda do |at, &started|
  Rack::Handler::WEBrick.run(Rails.application, Host: '127.0.0.1', Port: at.to_i, AccessLog: [], StartCallback: started)
end

own_listens, own_says = IO.pipe
fork do
  # What stands in front of Redmine's own sign-in steps aside.
  [PosternSignIn::EachRequest, PosternSignIn::SignOut].each { |part| part.send(:remove_method, *part.instance_methods(false)) }
  serve.call(own_port) { own_says.puts }
end
own_listens.gets
serve.call(port) { puts 'both listen' }

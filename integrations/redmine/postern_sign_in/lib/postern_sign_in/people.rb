# frozen_string_literal: true

module PosternSignIn
  # Redmine's own row of somebody, made when they first come and kept as Postern says.
  module People
    # @return [User, nil] nil for somebody whom an administrator of Redmine has locked here
    def self.from_claims(claims, settings)
      user = User.find_by_login(claims['preferred_username']) || create(claims, settings)
      return nil unless user.active?

      update(user, claims, settings)
      user
    end

    def self.create(claims, settings)
      user = User.new(language: Setting.default_language, mail_notification: Setting.default_notification_option)
      user.login = claims['preferred_username']
      # Nobody knows it, and nothing asks for it.
      user.random_password
      assign(user, claims, settings)
      user.save!
      user
    rescue ActiveRecord::RecordNotUnique
      # Two requests at once: the other one made it.
      User.find_by_login(claims['preferred_username']) || raise
    end

    def self.update(user, claims, settings)
      assign(user, claims, settings)
      user.save! if user.changed_for_autosave?
      fill_groups(user, Array(claims['groups']).map { |name| name.to_s.downcase }, settings[:groups])
    end

    def self.assign(user, claims, settings)
      first, last = claims['name'].to_s.strip.split(/\s+/, 2)
      user.firstname = (first.presence || user.login)[0, 30]
      user.lastname = (last.presence || '-')[0, 30]
      # Redmine wants one of everybody; Postern says it only once it is shown to be theirs.
      user.mail = claims['email'].presence || user.mail.presence || "#{user.login}@nobody.invalid"
      user.must_change_passwd = false
      # An account that was an administrator here before is one only while Postern says so.
      ours = settings[:administrators]
      user.admin = !ours.empty? && Array(claims['groups']).any? { |name| name.to_s.casecmp?(ours) }
    end

    # Only groups that are named in the settings: those made here by hand stay as they are.
    def self.fill_groups(user, names, ours)
      ours.each do |name|
        group = Group.givable.named(name).first or next
        is_in = group.users.exists?(user.id)
        should_be = names.include?(name.downcase)
        group.users << user if should_be && !is_in
        group.users.delete(user) if is_in && !should_be
      end
    end

    private_class_method :create, :update, :assign, :fill_groups
  end
end
